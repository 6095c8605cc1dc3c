"""What a replay keeps in memory in the place of tables, and how it fills them."""

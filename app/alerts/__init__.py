"""Is this worth a person's attention, and whose? Decisions only: values in, values out."""

"""Who must know: the pipeline, the alerts, the people, and every door in and out."""

"""Everything in one process. The only package that sees the application and the pipeline."""

"""Application logic without Qt and without I/O libraries."""

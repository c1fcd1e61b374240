"""The desktop surfaces. The only package that knows Qt."""

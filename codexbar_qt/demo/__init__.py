"""Demo mode: the same application, its ports answered from resources/demo/<id>.json."""

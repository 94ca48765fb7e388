"""A printed bulletin: read strictly, planned as single events, replayed."""

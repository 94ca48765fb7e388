"""One agent a file, named for its subject: what of each kind is counted, and along which lines."""

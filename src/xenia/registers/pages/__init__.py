"""Pages of the registers, one set for all: overview, browse and search, one record, entering, correcting, deleting, exports."""

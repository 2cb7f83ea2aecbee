"""Stubs that ../../generate wrote from the protos folder. Not edited by hand."""

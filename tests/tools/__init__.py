"""Tests of the project's own tools: the build and the reference backend."""

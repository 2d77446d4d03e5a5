"""Everything that tries the phone: unit tests, browsers, and the reference backend they run against."""

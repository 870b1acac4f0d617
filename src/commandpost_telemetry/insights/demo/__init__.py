"""A believable year of many servers, to show the pages with and to try them on."""

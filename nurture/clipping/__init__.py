"""What is read from the web and from files: feeds and pages, as plain words to choose from."""

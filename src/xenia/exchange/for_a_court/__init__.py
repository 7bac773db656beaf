"""What goes into an archive for a court beside the messages: a page to read and a program that checks."""

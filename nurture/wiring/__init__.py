"""The only room that knows concrete classes; each part of it loads no more than it builds."""

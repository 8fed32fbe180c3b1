"""The real daemon as a subprocess, against embedded and real mail servers."""

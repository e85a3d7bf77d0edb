"""The machine under the tooling: folders, locks, processes, PostgreSQL, Debian, Chromium."""

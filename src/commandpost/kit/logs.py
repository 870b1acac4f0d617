"""Structured logs: readable at a terminal, JSON lines elsewhere. Never what a user wrote."""

import logging
import sys

import structlog


def configure_logs(*, level: int = logging.WARNING) -> None:
    """Send everything of at least `level` to standard error."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # wherever it leads now
        cache_logger_on_first_use=False,
    )

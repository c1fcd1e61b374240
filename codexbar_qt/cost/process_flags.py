"""The words by which a frozen app starts its own readers of logs."""

from __future__ import annotations

WORKER_FLAG, READER_FLAG = "--cost-worker", "--cost-reader"

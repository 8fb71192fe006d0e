"""What Prometheus reads. Ids and counts only."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

CALLBACKS = Counter("dianxiaoer_callbacks_total", "Callbacks by what became of them", ["outcome"])
PAYMENTS = Counter("dianxiaoer_payment_notices_total", "Notices of payments by what became of them", ["outcome"])
DELIVERIES = Counter("dianxiaoer_deliveries_total", "Deliveries by kind and outcome", ["kind", "outcome"])
UNDERSTANDING = Histogram(
    "dianxiaoer_understanding_seconds",
    "Time to understand one question",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5),
)
OPEN_QUESTIONS = Gauge("dianxiaoer_open_questions", "Questions that wait for an answer")
QUEUED = Gauge("dianxiaoer_queued_deliveries", "Deliveries that wait to be sent")
STAFF_QUESTIONS = Counter("dianxiaoer_staff_questions_total", "Staff questions by what became of them", ["outcome"])
STAFF_ANSWER = Histogram(
    "dianxiaoer_staff_answer_seconds",
    "Time from a staff question to an answer that a person wrote",
    buckets=(60, 300, 900, 1800, 3600, 4 * 3600, 24 * 3600),
)

"""EDGE. Redis or in-process: tokens, wake-ups, rate buckets."""

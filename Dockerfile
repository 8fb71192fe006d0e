# syntax=docker/dockerfile:1
# Two stages: the first builds a virtual environment from the lock files, the second only carries it.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/dianxiaoer
ENV PATH=/opt/dianxiaoer/bin:$PATH
WORKDIR /src
COPY requirements-build.lock requirements.lock ./
RUN pip install --require-hashes -r requirements-build.lock \
    && pip install --require-hashes --no-build-isolation -r requirements.lock
COPY pyproject.toml ./
COPY bot bot
COPY intents intents
COPY knowledge knowledge
COPY migrations migrations
RUN pip install --no-deps --no-build-isolation . \
    && python -m compileall -q /opt/dianxiaoer/lib

FROM python:3.11-slim-bookworm
RUN useradd --system --user-group --uid 10001 --home-dir /data --shell /usr/sbin/nologin dianxiaoer \
    && install -d -o dianxiaoer -g dianxiaoer /data
COPY --from=build /opt/dianxiaoer /opt/dianxiaoer
ENV PATH=/opt/dianxiaoer/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8080 \
    DATA_DIR=/data \
    DATABASE_URL=sqlite+aiosqlite:////data/dianxiaoer.db
USER dianxiaoer
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
CMD ["dianxiaoer", "serve"]

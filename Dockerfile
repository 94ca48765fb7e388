# Ningmai's own image: worker, publisher, commands, live screen. The engines have images of their own.
FROM python:3.11.13-slim-bookworm AS built

WORKDIR /opt/ningmai
RUN python -m venv /opt/venv
COPY pyproject.toml requirements.lock README.md ./
# The versions of the lock, of what is needed here alone: no embedded engines, no development tools.
COPY ningmai/__init__.py ningmai/
RUN /opt/venv/bin/pip install --no-cache-dir --constraint requirements.lock ".[worker,screens,bulletin]" psutil \
    && /opt/venv/bin/pip uninstall --yes ningmai
COPY . .
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --editable . \
    && /opt/venv/bin/python -m compileall -q /opt/ningmai

FROM python:3.11.13-slim-bookworm
RUN useradd --uid 10001 --home-dir /var/lib/ningmai --create-home --shell /usr/sbin/nologin ningmai
COPY --from=built /opt/venv /opt/venv
COPY --from=built /opt/ningmai /opt/ningmai
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NINGMAI_DATA_DIR=/var/lib/ningmai
USER 10001:10001
WORKDIR /var/lib/ningmai
HEALTHCHECK NONE
CMD ["ningmai", "--help"]

# docker build -t mailbot .
# docker run --init -v ./config:/config -v ./storage:/storage -e MAILBOT_PASSWORD mailbot
#
# /config holds mailbot.yaml, rules/ and templates/ and may be mounted read-only; mailbot.yaml says
# `paths: {storage: /storage}`. Both folders belong to uid 10001, or are readable and writable for it.

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md ./
COPY mailbot mailbot
COPY rules rules
COPY templates templates
RUN python -m pip wheel --no-cache-dir --wheel-dir /wheels . \
 && python -m venv /venv \
 && /venv/bin/python -m pip install --no-cache-dir --no-index --find-links /wheels mailbot

FROM python:3.12-slim
# libarchive opens the .rar, .7z and .tar that contributors send; any version of the release will do.
# Add libreoffice-writer-nogui (some 400 MB) to have doubtful .doc, .wps and .rtf converted; mailbot finds it by itself.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libarchive13 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-log-init --no-create-home --home-dir /storage --shell /usr/sbin/nologin mailbot \
 && install -d -o 10001 -g 10001 /config /storage
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MAILBOT_CONFIG=/config/mailbot.yaml
WORKDIR /config
USER 10001:10001
VOLUME ["/config", "/storage"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=20s --start-period=5m --retries=3 CMD ["mailbot", "status"]
ENTRYPOINT ["mailbot"]
CMD ["run"]

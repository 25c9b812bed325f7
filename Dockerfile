# 收件台。用法见 docs/running.md：docker compose up -d，然后打开 http://127.0.0.1:8625/
FROM python:3.11-slim-bookworm AS build
# 要识读扫描件（多约 400 MB）：docker compose build --build-arg EXTRAS=demo,ocr
ARG EXTRAS=demo
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY config ./config
COPY parsers ./parsers
COPY intake ./intake
COPY notifier ./notifier
COPY service ./service
RUN python -m venv /opt/intake \
 && /opt/intake/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt ".[${EXTRAS}]"

FROM python:3.11-slim-bookworm
# LibreOffice 读 rtf 和很老的 Word；bubblewrap 隔离来路不明的附件（容器许可时），不许可就只靠容器本身和限额。
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap libreoffice-writer-nogui fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 8625 intake \
 && useradd --system --uid 8625 --gid intake --home-dir /var/lib/intake --shell /usr/sbin/nologin intake \
 && install -d -o intake -g intake -m 0700 /var/lib/intake
COPY --from=build /opt/intake /opt/intake
ENV PATH=/opt/intake/bin:$PATH PYTHONUTF8=1 PYTHONUNBUFFERED=1
USER intake
WORKDIR /var/lib/intake
VOLUME /var/lib/intake
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8625/healthz', timeout=4)"]
ENTRYPOINT ["intake"]
CMD ["run"]

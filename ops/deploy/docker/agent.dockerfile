# The agent as an image. Build from a release's folder (ops/deploy/build.sh): docker build -f agent.dockerfile FOLDER
FROM python:3.12-slim-bookworm AS build
COPY zohosync-*.requirements.txt /release/requirements.txt
COPY zohosync-*.whl /release/
RUN python -m venv /opt/zohosync \
    && /opt/zohosync/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r /release/requirements.txt \
    && /opt/zohosync/bin/pip install --no-cache-dir --no-deps /release/*.whl

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/zohosync --create-home --shell /usr/sbin/nologin zohosync
COPY --from=build /opt/zohosync /opt/zohosync
ENV PATH=/opt/zohosync/bin:$PATH ZOHOSYNC_HOST=0.0.0.0
USER 10001
WORKDIR /var/lib/zohosync
EXPOSE 8420
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8420/readyz', timeout=4)"]
ENTRYPOINT ["zohosync"]
CMD ["serve"]

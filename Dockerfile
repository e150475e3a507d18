# One image a program: docker build --target gateway|org-svc|volunteer-svc|activity-svc .
# BASE may be pinned by digest: --build-arg BASE=debian:bookworm-slim@sha256:…, or be a Debian of one's own whose sources name a mirror.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
# What is installed changes seldom, so it has a layer of its own.
COPY package.json package-lock.json ./
COPY tools/install.sh tools/lib.sh tools/packages.txt tools/
# Where npm's own registry is out of reach, another.
ARG npm_config_registry
RUN apt-get update && tools/install.sh
COPY . .
RUN tools/build.sh release org_svc volunteer_svc activity_svc gateway descriptors && \
    strip --strip-unneeded build/release/bin/org_svc build/release/bin/volunteer_svc build/release/bin/activity_svc \
      build/release/bin/gateway

# The same user in every image; k8s/ names it, too.
FROM ${BASE} AS base
RUN groupadd --gid 64017 wenming && \
    useradd --uid 64017 --gid 64017 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin wenming

FROM base AS gateway
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates libabsl20220623 libnghttp2-14 libprometheus-cpp-core1.0 libprotobuf32 libssl3 libstdc++6 zlib1g && \
    apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/build/release/bin/gateway /usr/bin/gateway
COPY --from=build /src/build/release/wenming.binpb /usr/share/wenming/wenming.binpb
USER 64017:64017
ENTRYPOINT ["/usr/bin/gateway"]

# What the three services share.
FROM base AS service
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates libabsl20220623 libcsv3 libgrpc++1.51 libmysqlcppconn7v5 libprometheus-cpp-core1.0 libprometheus-cpp-pull1.0 \
      libprotobuf32 libssl3 libstdc++6 tzdata zlib1g && \
    apt-get clean && rm -rf /var/lib/apt/lists/*
USER 64017:64017

FROM service AS org-svc
USER root
RUN apt-get update && apt-get install -y --no-install-recommends libargon2-1 liboath0 && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/build/release/bin/org_svc /usr/bin/org_svc
USER 64017:64017
ENTRYPOINT ["/usr/bin/org_svc"]

FROM service AS volunteer-svc
USER root
# Certificates are set in these fonts.
RUN apt-get update && apt-get install -y --no-install-recommends \
      fonts-noto-cjk libcairo2 libcurl4 libglib2.0-0 libpango-1.0-0 libpangocairo-1.0-0 libqrencode4 && \
    apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/build/release/bin/volunteer_svc /usr/bin/volunteer_svc
USER 64017:64017
ENTRYPOINT ["/usr/bin/volunteer_svc"]

FROM service AS activity-svc
USER root
RUN apt-get update && apt-get install -y --no-install-recommends libical3 libxlsxwriter4 && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/build/release/bin/activity_svc /usr/bin/activity_svc
USER 64017:64017
ENTRYPOINT ["/usr/bin/activity_svc"]

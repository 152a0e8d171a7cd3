# The command and nothing else: no shell, no package manager, no root. It runs with a read-only root file system and any user ID.
# For a build that can be repeated give both bases by digest: --build-arg RUN_IMAGE=gcr.io/distroless/nodejs24-debian13@sha256:...
ARG BUILD_IMAGE=docker.io/library/node:24-trixie-slim
ARG RUN_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY . .
# What npm would install, and a folder for cache and configuration that whatever user it runs as may write to.
RUN npm run --silent build && npm pack --silent --pack-destination /tmp \
 && mkdir -p /image/app /image/data /image/var/lib/mekhanikube \
 && tar -xzf /tmp/mekhanikube-*.tgz -C /image/app --strip-components=1 \
 && chmod 1777 /image/var/lib/mekhanikube

FROM ${RUN_IMAGE}
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="mekhanikube" \
      org.opencontainers.image.description="Tells what is wrong with a Kubernetes cluster, why, and what to do" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
# `container` tells programs that they run in one; a kubeconfig that says 127.0.0.1 means another machine then.
ENV container=oci \
    HOME=/var/lib/mekhanikube \
    XDG_CONFIG_HOME=/var/lib/mekhanikube/config \
    XDG_CACHE_HOME=/var/lib/mekhanikube/cache
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/nodejs/bin/node", "/app/bin/mekhanikube.js"]

# Two stages: the first builds the wheel with its Mini App, the second only runs it.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN python -m pip wheel --no-cache-dir --no-deps -w /wheels . \
 && python -m pip wheel --no-cache-dir -w /wheels /wheels/countersign-*.whl

FROM python:3.13-slim-bookworm
RUN useradd --create-home --uid 10001 countersign && install -d -o countersign /data
COPY --from=build /wheels /wheels
RUN python -m pip install --no-cache-dir --no-index --find-links /wheels countersign && rm -rf /wheels
USER countersign
ENV DATA_DIR=/data HTTP_HOST=0.0.0.0
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD \
  ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/health', timeout=2)"]
CMD ["countersign", "run"]

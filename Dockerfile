FROM python:3.11-slim
WORKDIR /app
COPY pyproject.toml README.md constraints.txt LICENSE ./
COPY bot bot
COPY prompts prompts
COPY questions questions
RUN pip install --no-cache-dir -c constraints.txt . && useradd --create-home hotseat
USER hotseat
ENTRYPOINT ["hotseat"]
CMD ["--help"]

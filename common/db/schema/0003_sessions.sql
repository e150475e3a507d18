-- Log-ins that last (common/sessions).
CREATE TABLE sessions (
  center_id          BIGINT UNSIGNED NOT NULL,  -- of the account; 0 for the platform's own
  id                 BIGINT UNSIGNED NOT NULL,
  account_id         BIGINT UNSIGNED NOT NULL,
  token_hash         BINARY(32)      NOT NULL,  -- SHA-256 of the refresh token that is good now
  proof              SMALLINT        NOT NULL,
  address            VARCHAR(64)     NOT NULL,
  device             VARCHAR(100)    NOT NULL,
  create_time        BIGINT          NOT NULL,
  use_time           BIGINT          NOT NULL,
  expire_time        BIGINT          NOT NULL,  -- without another refresh
  end_time           BIGINT          NOT NULL,  -- whatever happens
  access_expire_time BIGINT          NOT NULL,  -- of the access token that lives longest
  revoke_time        BIGINT          NOT NULL,  -- 0 while it has not been ended
  PRIMARY KEY (center_id, id),
  KEY by_account (center_id, account_id, id),
  KEY by_revoke_time (revoke_time),
  KEY by_expire_time (expire_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Refresh tokens that were exchanged for another: whoever shows one again has stolen it, or was stolen from.
CREATE TABLE session_tokens (
  center_id  BIGINT UNSIGNED NOT NULL,
  session_id BIGINT UNSIGNED NOT NULL,
  token_hash BINARY(32)      NOT NULL,
  PRIMARY KEY (center_id, session_id, token_hash)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

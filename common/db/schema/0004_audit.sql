-- The audit log (common/audit).

-- Records of committed transactions that are not in the chain yet. `seal` is an HMAC of the other columns.
CREATE TABLE audit_pending (
  id          BIGINT UNSIGNED NOT NULL,
  center_id   BIGINT UNSIGNED NOT NULL,
  record_time BIGINT          NOT NULL,
  subject     VARCHAR(64)     NOT NULL,
  session_id  BIGINT UNSIGNED NOT NULL,
  address     VARCHAR(64)     NOT NULL,
  method      VARCHAR(190)    NOT NULL,
  object      VARCHAR(190)    NOT NULL,
  result      INT             NOT NULL,  -- google.rpc.Code
  details     TEXT            NOT NULL,  -- JSON
  request_id  VARCHAR(64)     NOT NULL,
  seal        BINARY(32)      NOT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The log: sequence is gapless from 1, hash an HMAC of the hash before and of the row.
CREATE TABLE audit_records (
  sequence    BIGINT          NOT NULL,
  id          BIGINT UNSIGNED NOT NULL,
  center_id   BIGINT UNSIGNED NOT NULL,
  record_time BIGINT          NOT NULL,
  subject     VARCHAR(64)     NOT NULL,
  session_id  BIGINT UNSIGNED NOT NULL,
  address     VARCHAR(64)     NOT NULL,
  method      VARCHAR(190)    NOT NULL,
  object      VARCHAR(190)    NOT NULL,
  result      INT             NOT NULL,
  details     TEXT            NOT NULL,
  request_id  VARCHAR(64)     NOT NULL,
  seal        BINARY(32)      NOT NULL,
  hash        BINARY(32)      NOT NULL,
  PRIMARY KEY (sequence),
  KEY by_time (center_id, record_time, sequence),
  KEY by_subject (center_id, subject, record_time, sequence),
  KEY by_object (center_id, object, record_time, sequence),
  KEY by_method (center_id, method, record_time, sequence)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The end of the chain; its row lock is what those who lengthen it take turns by. Before the first record `hash` is
-- empty.
CREATE TABLE audit_heads (
  chain    INT           NOT NULL,
  sequence BIGINT        NOT NULL,
  hash     VARBINARY(32) NOT NULL,
  PRIMARY KEY (chain)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
INSERT INTO audit_heads (chain, sequence, hash) VALUES (1, 0, '');

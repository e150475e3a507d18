-- Certificates as they were issued; what they say of a person is encrypted like in `volunteers`.
CREATE TABLE certificates (
  center_id           BIGINT UNSIGNED NOT NULL,
  id                  BIGINT UNSIGNED NOT NULL,
  volunteer_id        BIGINT UNSIGNED NOT NULL,
  serial              VARCHAR(60)     NOT NULL,
  volunteer_number    VARCHAR(40)     NOT NULL,
  display_name_sealed VARBINARY(255)  NOT NULL,
  id_type             SMALLINT        NOT NULL,
  id_number_sealed    VARBINARY(160)  NOT NULL,
  start_date          DATE            NOT NULL,
  end_date            DATE            NOT NULL,
  minutes             BIGINT          NOT NULL,
  star                SMALLINT        NOT NULL,
  activities          MEDIUMBLOB      NOT NULL,  -- wenming.volunteer.v1.Certificate with its activities only
  ledger_sequence     BIGINT          NOT NULL,  -- the newest entry of the ledger when it was issued, and its hash
  ledger_hash         BINARY(32)      NOT NULL,
  issuer_unit_id      BIGINT UNSIGNED NOT NULL,
  issuer_name         VARCHAR(100)    NOT NULL,
  issued_by           VARCHAR(64)     NOT NULL,  -- "volunteers/…" or "staff/…"
  issue_time          BIGINT          NOT NULL,
  code_sealed         VARBINARY(128)  NOT NULL,  -- of the public link
  code_hash           BINARY(32)      NOT NULL,
  state               SMALLINT        NOT NULL,
  revoke_reason       VARCHAR(200)    NOT NULL,
  revoked_by          VARCHAR(64)     NOT NULL,
  revoke_time         BIGINT          NULL,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY by_serial (center_id, serial),
  UNIQUE KEY by_code (center_id, code_hash),
  KEY by_volunteer (center_id, volunteer_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

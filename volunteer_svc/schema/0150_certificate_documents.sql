-- The signed statements of certificates (compact JWS), as they are given to their owners; encrypted like the certificates,
-- and gone with the person. Certificates from before have none.
CREATE TABLE certificate_statements (
  center_id        BIGINT UNSIGNED NOT NULL,
  certificate_id   BIGINT UNSIGNED NOT NULL,
  volunteer_id     BIGINT UNSIGNED NOT NULL,
  statement_sealed MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (center_id, certificate_id),
  KEY by_volunteer (center_id, volunteer_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What a center's certificates say about who issues them; a center without a row says nothing.
CREATE TABLE certificate_issuers (
  center_id          BIGINT UNSIGNED NOT NULL,
  responsible_person VARCHAR(40)     NOT NULL,
  handler            VARCHAR(40)     NOT NULL,
  contact            VARCHAR(60)     NOT NULL,
  version            BIGINT          NOT NULL,
  update_time        BIGINT          NOT NULL,
  PRIMARY KEY (center_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Those that were issued together.
ALTER TABLE certificates
  ADD COLUMN batch_id BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- 0: issued alone
  ADD KEY by_batch (center_id, batch_id, id);

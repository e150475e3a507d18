-- The people of a center. What identifies a person is encrypted (…_sealed, common/crypto) with the row and the column as
-- associated data, and found again by its blind index. Of whom has been forgotten these columns are empty.
CREATE TABLE volunteers (
  center_id           BIGINT UNSIGNED NOT NULL,
  id                  BIGINT UNSIGNED NOT NULL,
  unit_id             BIGINT UNSIGNED NOT NULL,
  number              VARCHAR(40)     NOT NULL,
  display_name_sealed VARBINARY(255)  NOT NULL,
  sex                 SMALLINT        NOT NULL,
  birth_date_sealed   VARBINARY(64)   NOT NULL,
  id_type             SMALLINT        NOT NULL,
  id_number_sealed    VARBINARY(160)  NOT NULL,
  id_number_index     BINARY(16)      NULL,      -- none once the person has been forgotten
  phone_sealed        VARBINARY(64)   NOT NULL,
  phone_index         BINARY(16)      NULL,      -- none once the membership has ended: the number may pass to another
  residence_sealed    VARBINARY(900)  NOT NULL,
  skills              TEXT            NOT NULL,  -- JSON list of strings
  service_categories  TEXT            NOT NULL,  -- JSON list of strings
  state               SMALLINT        NOT NULL,
  version             BIGINT          NOT NULL,
  create_time         BIGINT          NOT NULL,
  update_time         BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY by_number (center_id, number),
  UNIQUE KEY by_id_number (center_id, id_number_index),
  UNIQUE KEY by_phone (center_id, phone_index),
  KEY by_unit (center_id, unit_id, number)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

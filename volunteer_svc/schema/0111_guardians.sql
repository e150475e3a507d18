-- Who has consented for a minor; encrypted like `volunteers`.
CREATE TABLE guardians (
  center_id           BIGINT UNSIGNED NOT NULL,
  volunteer_id        BIGINT UNSIGNED NOT NULL,
  id_type             SMALLINT        NOT NULL,
  relationship        VARCHAR(20)     NOT NULL,
  display_name_sealed VARBINARY(255)  NOT NULL,
  id_number_sealed    VARBINARY(160)  NOT NULL,
  phone_sealed        VARBINARY(64)   NOT NULL,
  update_time         BIGINT          NOT NULL,
  PRIMARY KEY (center_id, volunteer_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

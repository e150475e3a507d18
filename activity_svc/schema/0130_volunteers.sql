-- What volunteer_svc has told about its volunteers; written by its events only. The row is also what one person's
-- sign-ups take turns by.
CREATE TABLE volunteers (
  center_id        BIGINT UNSIGNED NOT NULL,
  id               BIGINT UNSIGNED NOT NULL,
  volunteer_number VARCHAR(32)     NOT NULL,
  masked_name      VARCHAR(60)     NOT NULL,
  unit_id          BIGINT UNSIGNED NOT NULL,
  active           SMALLINT        NOT NULL,
  adult_from_date  DATE,                      -- of a minor, the day from which he counts as an adult; null: adult
  PRIMARY KEY (center_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

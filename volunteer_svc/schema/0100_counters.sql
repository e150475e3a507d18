-- Running numbers of a center: of volunteers ("volunteers") and of certificates by year ("certificates/2026").
CREATE TABLE counters (
  center_id BIGINT UNSIGNED NOT NULL,
  name      VARCHAR(40)     NOT NULL,
  value     BIGINT          NOT NULL,  -- the last number given
  PRIMARY KEY (center_id, name)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

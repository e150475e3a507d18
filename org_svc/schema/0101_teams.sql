-- Teams of volunteers, 1+12+N (org_svc/teams).
CREATE TABLE teams (
  center_id    BIGINT UNSIGNED NOT NULL,
  id           BIGINT UNSIGNED NOT NULL,
  parent_id    BIGINT UNSIGNED NOT NULL,  -- 0 for the general team
  unit_id      BIGINT UNSIGNED NOT NULL,
  tier         SMALLINT        NOT NULL,
  kind         SMALLINT        NOT NULL,
  code         VARCHAR(32)     NOT NULL,
  display_name VARCHAR(100)    NOT NULL,
  specialty    VARCHAR(50)     NOT NULL,
  state        SMALLINT        NOT NULL,
  version      BIGINT          NOT NULL,
  create_time  BIGINT          NOT NULL,
  update_time  BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY by_code (center_id, code),
  KEY by_unit (center_id, unit_id, code),
  KEY by_parent (center_id, parent_id, code),
  KEY by_tier (center_id, tier, code)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

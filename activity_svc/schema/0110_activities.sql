-- Activities, the moves they made, and the themes they may have.
CREATE TABLE activities (
  center_id           BIGINT UNSIGNED NOT NULL,
  id                  BIGINT UNSIGNED NOT NULL,  -- grows with time: newest first is descending id
  unit_id             BIGINT UNSIGNED NOT NULL,
  team_id             BIGINT UNSIGNED NOT NULL,  -- 0: none
  title               VARCHAR(60)     NOT NULL,
  content             VARCHAR(2000)   NOT NULL,
  method              SMALLINT        NOT NULL,
  themes              VARCHAR(120)    NOT NULL,  -- keys, separated by commas
  place               VARCHAR(100)    NOT NULL,
  latitude            DOUBLE,
  longitude           DOUBLE,
  fence_metres        INT             NOT NULL,  -- 0: the policy's
  dangerous           SMALLINT        NOT NULL,
  insurance_policy    VARCHAR(64)     NOT NULL,  -- its number; empty: none
  person_in_charge_id BIGINT UNSIGNED NOT NULL,
  state               SMALLINT        NOT NULL,
  is_public           SMALLINT        NOT NULL,  -- 1 from being published on, until it is a draft again
  reason              VARCHAR(200)    NOT NULL,
  version             BIGINT          NOT NULL,
  create_time         BIGINT          NOT NULL,
  update_time         BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  KEY by_unit (center_id, unit_id, id),
  KEY by_state (center_id, state, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE activity_moves (
  center_id   BIGINT UNSIGNED NOT NULL,
  activity_id BIGINT UNSIGNED NOT NULL,
  id          BIGINT UNSIGNED NOT NULL,
  move        SMALLINT        NOT NULL,
  from_state  SMALLINT        NOT NULL,
  to_state    SMALLINT        NOT NULL,
  actor       VARCHAR(64)     NOT NULL,
  reason      VARCHAR(200)    NOT NULL,
  move_time   BIGINT          NOT NULL,
  PRIMARY KEY (center_id, activity_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Rows of center 0 hold for every center that has no row of its own with the same key.
CREATE TABLE themes (
  center_id BIGINT UNSIGNED NOT NULL,
  theme_key VARCHAR(32)     NOT NULL,
  place     INT             NOT NULL,  -- in their usual order
  inherit   VARCHAR(20)     NOT NULL,
  practise  VARCHAR(20)     NOT NULL,
  in_use    SMALLINT        NOT NULL,  -- 0: a center's row that takes the pair out of use
  PRIMARY KEY (center_id, theme_key)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
INSERT INTO themes (center_id, theme_key, place, inherit, practise, in_use) VALUES
  (0, 'thought', 1, '思想', '理论', 1),
  (0, 'policy', 2, '政策', '精神', 1),
  (0, 'morality', 3, '道德', '文明', 1),
  (0, 'culture', 4, '文化', '规范', 1),
  (0, 'customs', 5, '新风', '礼仪', 1),
  (0, 'science', 6, '科技', '本领', 1);

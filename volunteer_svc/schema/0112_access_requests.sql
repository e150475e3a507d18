-- Requests to see a minor's data in full (未成年人网络保护条例 Art 36).
CREATE TABLE access_requests (
  center_id    BIGINT UNSIGNED NOT NULL,
  id           BIGINT UNSIGNED NOT NULL,
  volunteer_id BIGINT UNSIGNED NOT NULL,
  unit_id      BIGINT UNSIGNED NOT NULL,  -- of the volunteer
  requester_id BIGINT UNSIGNED NOT NULL,
  purpose      SMALLINT        NOT NULL,  -- RevealPurpose
  reason       VARCHAR(200)    NOT NULL,
  state        SMALLINT        NOT NULL,  -- AccessRequest.State
  create_time  BIGINT          NOT NULL,
  decider_id   BIGINT UNSIGNED NULL,
  decide_time  BIGINT          NULL,
  expire_time  BIGINT          NULL,      -- of an approval
  PRIMARY KEY (center_id, id),
  KEY by_requester (center_id, volunteer_id, requester_id, expire_time),
  KEY by_unit (center_id, unit_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

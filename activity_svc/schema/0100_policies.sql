-- What a center has decided for itself. A center without a row has the defaults of activity_svc/policies/policy.h.
CREATE TABLE policies (
  center_id              BIGINT UNSIGNED NOT NULL,
  methods_in_force       INT             NOT NULL,  -- bit n: method n is in force
  cancel_cutoff_minutes  INT             NOT NULL,
  offer_minutes          INT             NOT NULL,
  check_in_early_minutes INT             NOT NULL,
  check_out_late_minutes INT             NOT NULL,
  fence_metres           INT             NOT NULL,
  attended_percent       INT             NOT NULL,
  publication_days       INT             NOT NULL,
  offline_upload_hours   INT             NOT NULL,
  version                BIGINT          NOT NULL,
  update_time            BIGINT          NOT NULL,
  PRIMARY KEY (center_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

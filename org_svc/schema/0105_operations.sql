-- Who may look at how the platform runs (org_svc/operations): those who keep it and those who answer for a center.
INSERT INTO role_permissions (role, permission) VALUES
  ('system_admin', 'operations.read'),
  ('center_admin', 'operations.read');

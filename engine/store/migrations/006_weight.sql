-- How much it matters where a finding stands. Heat is NULL where there was no profile.
ALTER TABLE findings ADD COLUMN loops INTEGER NOT NULL DEFAULT 0 CHECK (loops >= 0);
ALTER TABLE findings ADD COLUMN reach INTEGER NOT NULL DEFAULT 0 CHECK (reach >= 0);
ALTER TABLE findings ADD COLUMN heat REAL CHECK (heat BETWEEN 0 AND 1);

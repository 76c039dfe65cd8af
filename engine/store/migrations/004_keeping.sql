-- What keeping and taking back safely needs: a journal of what moves refs, approvals, merges,
-- undos, attestations, feedback, failures and watches, and signatures in the ledger.
-- Foreign keys are off while this runs, for the ledger is made anew though others refer to it;
-- they are all checked before it is committed.
DROP VIEW modification_overview;

CREATE TABLE new_ledger (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    at TEXT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('session', 'proposal', 'verdict', 'application', 'rollback', 'approval',
                        'merge', 'undo', 'watch', 'feedback', 'failure', 'recovery')),
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    signature TEXT,
    signer TEXT,
    CHECK ((signature IS NULL) = (signer IS NULL))
) STRICT;
INSERT INTO new_ledger
    SELECT number, at, kind, subject, payload, previous, hash, NULL, NULL
    FROM ledger ORDER BY number;
DROP TABLE ledger;
ALTER TABLE new_ledger RENAME TO ledger;
CREATE INDEX idx_ledger_subject ON ledger(subject, number);
CREATE INDEX idx_ledger_kind ON ledger(kind, number);

-- What is about to move refs: at most one is pending.
CREATE TABLE operations (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'committed', 'aborted')),
    refs TEXT NOT NULL,
    record TEXT NOT NULL,
    at TEXT NOT NULL,
    pid INTEGER NOT NULL,
    pid_start INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    ended_at TEXT,
    why TEXT,
    CHECK ((state = 'prepared') = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX idx_operations_pending ON operations(state) WHERE state = 'prepared';

CREATE TABLE approvals (
    id TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    answer TEXT NOT NULL CHECK (answer IN ('approve', 'decline')),
    approver TEXT NOT NULL,
    expires_at TEXT,
    note TEXT NOT NULL,
    token TEXT,
    token_digest TEXT,
    decided_at TEXT NOT NULL,
    ledger_number INTEGER NOT NULL UNIQUE REFERENCES ledger(number),
    CHECK ((token IS NULL) = (token_digest IS NULL))
) STRICT;

CREATE INDEX idx_approvals_modification ON approvals(modification_id, ledger_number);

-- An approval is good for one application.
ALTER TABLE applications ADD COLUMN branch_before TEXT;
ALTER TABLE applications ADD COLUMN approval_id TEXT REFERENCES approvals(id);
ALTER TABLE applications ADD COLUMN approver TEXT;
ALTER TABLE applications ADD COLUMN signer TEXT;
ALTER TABLE applications ADD COLUMN statement TEXT;
ALTER TABLE applications ADD COLUMN operation_id TEXT REFERENCES operations(id);
CREATE UNIQUE INDEX idx_applications_approval ON applications(approval_id)
    WHERE approval_id IS NOT NULL;
CREATE INDEX idx_applications_operation ON applications(operation_id)
    WHERE operation_id IS NOT NULL;

-- A rollback may be undone, and the application rolled back once more.
CREATE TABLE new_rollbacks (
    ledger_number INTEGER PRIMARY KEY REFERENCES ledger(number),
    application_id TEXT NOT NULL REFERENCES applications(id),
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    rollback_reason TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('restored', 'revert', 'undo')),
    ref TEXT NOT NULL,
    commit_id TEXT,
    restored_commit TEXT NOT NULL,
    rollback_at TEXT NOT NULL,
    cascade_of TEXT REFERENCES modifications(id),
    verified_tree TEXT,
    signer TEXT,
    statement TEXT,
    operation_id TEXT REFERENCES operations(id)
) STRICT;
INSERT INTO new_rollbacks
    SELECT ledger_number, application_id, modification_id, rollback_reason, method, ref, commit_id,
           restored_commit, rollback_at, NULL, NULL, NULL, NULL, NULL
    FROM rollbacks ORDER BY ledger_number;
DROP TABLE rollbacks;
ALTER TABLE new_rollbacks RENAME TO rollbacks;
CREATE INDEX idx_rollbacks_application ON rollbacks(application_id, ledger_number);
CREATE INDEX idx_rollbacks_modification ON rollbacks(modification_id, ledger_number);
CREATE INDEX idx_rollbacks_cascade ON rollbacks(cascade_of) WHERE cascade_of IS NOT NULL;
CREATE INDEX idx_rollbacks_operation ON rollbacks(operation_id) WHERE operation_id IS NOT NULL;

CREATE TABLE merges (
    ledger_number INTEGER PRIMARY KEY REFERENCES ledger(number),
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    branch TEXT NOT NULL,
    before_commit TEXT NOT NULL,
    after_commit TEXT NOT NULL,
    worktree TEXT,
    signer TEXT,
    statement TEXT,
    merged_at TEXT NOT NULL,
    operation_id TEXT REFERENCES operations(id)
) STRICT;
CREATE INDEX idx_merges_modification ON merges(modification_id, ledger_number);
CREATE INDEX idx_merges_operation ON merges(operation_id) WHERE operation_id IS NOT NULL;

CREATE TABLE undos (
    ledger_number INTEGER PRIMARY KEY REFERENCES ledger(number),
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    undone_operation TEXT NOT NULL REFERENCES operations(id),
    what TEXT NOT NULL CHECK (what IN ('application', 'rollback', 'merge')),
    undo_reason TEXT NOT NULL,
    undone_at TEXT NOT NULL,
    operation_id TEXT REFERENCES operations(id),
    UNIQUE (undone_operation, modification_id, what)
) STRICT;
CREATE INDEX idx_undos_modification ON undos(modification_id, ledger_number);
CREATE INDEX idx_undos_operation ON undos(operation_id) WHERE operation_id IS NOT NULL;

CREATE TABLE attestations (
    digest TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    commit_id TEXT NOT NULL,
    envelope TEXT NOT NULL,
    attested_at TEXT NOT NULL,
    operation_id TEXT REFERENCES operations(id)
) STRICT;
CREATE INDEX idx_attestations_modification ON attestations(modification_id);
CREATE INDEX idx_attestations_operation ON attestations(operation_id)
    WHERE operation_id IS NOT NULL;

CREATE TABLE feedback (
    ledger_number INTEGER PRIMARY KEY REFERENCES ledger(number),
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    opinion TEXT NOT NULL CHECK (opinion IN ('good', 'bad')),
    note TEXT NOT NULL,
    given_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_feedback_modification ON feedback(modification_id, ledger_number);

-- The operation need not be in the journal: it may be what could not be written there.
CREATE TABLE failures (
    ledger_number INTEGER PRIMARY KEY REFERENCES ledger(number),
    doing TEXT NOT NULL,
    message TEXT NOT NULL,
    modification_id TEXT REFERENCES modifications(id),
    operation_id TEXT,
    failed_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_failures_modification ON failures(modification_id)
    WHERE modification_id IS NOT NULL;

CREATE TABLE watches (
    id TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    command TEXT NOT NULL,
    every_seconds INTEGER NOT NULL CHECK (every_seconds > 0),
    for_seconds INTEGER NOT NULL CHECK (for_seconds > 0),
    state TEXT NOT NULL CHECK (state IN ('running', 'healthy', 'regressed', 'stopped')),
    why TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    ledger_number INTEGER NOT NULL UNIQUE REFERENCES ledger(number),
    end_number INTEGER UNIQUE REFERENCES ledger(number),
    CHECK ((state = 'running') = (ended_at IS NULL)),
    CHECK ((ended_at IS NULL) = (end_number IS NULL))
) STRICT;
CREATE INDEX idx_watches_modification ON watches(modification_id, ledger_number);

CREATE TABLE watch_checks (
    watch_id TEXT NOT NULL REFERENCES watches(id),
    position INTEGER NOT NULL CHECK (position >= 0),
    outcome TEXT NOT NULL CHECK (outcome IN ('healthy', 'unhealthy', 'unknown')),
    wall_ms INTEGER NOT NULL,
    value REAL,
    detail TEXT NOT NULL,
    checked_at TEXT NOT NULL,
    PRIMARY KEY (watch_id, position)
) STRICT;

-- What could still be read of the ledger of a database that was damaged or lost. Its records were
-- written anew, into this database's ledger, which begins with an entry of kind 'recovery'.
CREATE TABLE former_ledger (
    recovery INTEGER NOT NULL REFERENCES ledger(number),
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT,
    signer TEXT,
    PRIMARY KEY (recovery, number, hash)
) STRICT;

-- The latest verdict, application, rollback and merge of every modification, as far as they were
-- not undone, and what follows from them.
CREATE VIEW modification_overview AS
SELECT m.id, m.session_id, m.ledger_number,
       v.ledger_number AS verdict_number, a.id AS application_id,
       r.ledger_number AS rollback_number, g.ledger_number AS merge_number,
       CASE
         WHEN r.ledger_number IS NOT NULL OR u.ledger_number IS NOT NULL THEN 'rolled_back'
         WHEN a.id IS NOT NULL THEN 'applied'
         WHEN v.decision IS NOT NULL THEN v.decision
         ELSE 'proposed'
       END AS status
FROM modifications m
LEFT JOIN verdicts v ON v.ledger_number =
    (SELECT max(ledger_number) FROM verdicts WHERE modification_id = m.id)
LEFT JOIN applications a ON a.ledger_number =
    (SELECT max(ledger_number) FROM applications WHERE modification_id = m.id)
LEFT JOIN undos u ON u.undone_operation = a.operation_id AND u.modification_id = m.id
    AND u.what = 'application'
LEFT JOIN rollbacks r ON r.ledger_number =
    (SELECT max(one.ledger_number) FROM rollbacks one WHERE one.application_id = a.id
       AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.undone_operation = one.operation_id
                       AND x.modification_id = m.id AND x.what = 'rollback'))
LEFT JOIN merges g ON g.ledger_number =
    (SELECT max(one.ledger_number) FROM merges one WHERE one.modification_id = m.id
       AND one.ledger_number > a.ledger_number
       AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.undone_operation = one.operation_id
                       AND x.modification_id = m.id AND x.what = 'merge'));

-- What is recorded stays as it is. Dropping a table has dropped its triggers.
CREATE TRIGGER ledger_appends BEFORE INSERT ON ledger
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM ledger)
  OR NEW.previous <> coalesce((SELECT hash FROM ledger ORDER BY number DESC LIMIT 1), '')
BEGIN SELECT RAISE(ABORT, 'the ledger is only appended to'); END;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is never shortened'); END;
CREATE TRIGGER former_ledger_no_update BEFORE UPDATE ON former_ledger
BEGIN SELECT RAISE(ABORT, 'a former ledger never changes'); END;
CREATE TRIGGER former_ledger_no_delete BEFORE DELETE ON former_ledger
BEGIN SELECT RAISE(ABORT, 'a former ledger is never shortened'); END;

CREATE TRIGGER operations_no_update BEFORE UPDATE ON operations
WHEN OLD.state <> 'prepared' OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.refs <> OLD.refs
  OR NEW.record <> OLD.record OR NEW.at <> OLD.at OR NEW.pid <> OLD.pid
  OR NEW.pid_start <> OLD.pid_start OR NEW.boot_id <> OLD.boot_id
BEGIN SELECT RAISE(ABORT, 'an operation only ends'); END;
CREATE TRIGGER operations_no_delete BEFORE DELETE ON operations
BEGIN SELECT RAISE(ABORT, 'an operation is never deleted'); END;

CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals
BEGIN SELECT RAISE(ABORT, 'an approval never changes'); END;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'an approval is never deleted'); END;
CREATE TRIGGER rollbacks_no_update BEFORE UPDATE ON rollbacks
BEGIN SELECT RAISE(ABORT, 'a rollback never changes'); END;
CREATE TRIGGER rollbacks_no_delete BEFORE DELETE ON rollbacks
BEGIN SELECT RAISE(ABORT, 'a rollback is never deleted'); END;
CREATE TRIGGER merges_no_update BEFORE UPDATE ON merges
BEGIN SELECT RAISE(ABORT, 'a merge never changes'); END;
CREATE TRIGGER merges_no_delete BEFORE DELETE ON merges
BEGIN SELECT RAISE(ABORT, 'a merge is never deleted'); END;
CREATE TRIGGER undos_no_update BEFORE UPDATE ON undos
BEGIN SELECT RAISE(ABORT, 'an undo never changes'); END;
CREATE TRIGGER undos_no_delete BEFORE DELETE ON undos
BEGIN SELECT RAISE(ABORT, 'an undo is never deleted'); END;
CREATE TRIGGER attestations_no_update BEFORE UPDATE ON attestations
BEGIN SELECT RAISE(ABORT, 'an attestation never changes'); END;
CREATE TRIGGER attestations_no_delete BEFORE DELETE ON attestations
BEGIN SELECT RAISE(ABORT, 'an attestation is never deleted'); END;
CREATE TRIGGER feedback_no_update BEFORE UPDATE ON feedback
BEGIN SELECT RAISE(ABORT, 'feedback never changes'); END;
CREATE TRIGGER feedback_no_delete BEFORE DELETE ON feedback
BEGIN SELECT RAISE(ABORT, 'feedback is never deleted'); END;
CREATE TRIGGER failures_no_update BEFORE UPDATE ON failures
BEGIN SELECT RAISE(ABORT, 'a failure never changes'); END;
CREATE TRIGGER failures_no_delete BEFORE DELETE ON failures
BEGIN SELECT RAISE(ABORT, 'a failure is never deleted'); END;
CREATE TRIGGER watches_no_update BEFORE UPDATE ON watches
WHEN OLD.state <> 'running' OR NEW.id <> OLD.id OR NEW.modification_id <> OLD.modification_id
  OR NEW.command <> OLD.command OR NEW.every_seconds <> OLD.every_seconds
  OR NEW.for_seconds <> OLD.for_seconds OR NEW.started_at <> OLD.started_at
  OR NEW.ledger_number <> OLD.ledger_number
BEGIN SELECT RAISE(ABORT, 'a watch only ends'); END;
CREATE TRIGGER watches_no_delete BEFORE DELETE ON watches
BEGIN SELECT RAISE(ABORT, 'a watch is never deleted'); END;
CREATE TRIGGER watch_checks_no_update BEFORE UPDATE ON watch_checks
BEGIN SELECT RAISE(ABORT, 'a check of a watch never changes'); END;
CREATE TRIGGER watch_checks_no_delete BEFORE DELETE ON watch_checks
BEGIN SELECT RAISE(ABORT, 'a check of a watch is never deleted'); END;

"""The tables of both demos; the indexes come after the load, which is faster."""

from __future__ import annotations

VERSION = 1
"""Raise it when a table or the seeded rows change: it is part of the file's name."""

TABLES = """
CREATE TABLE customer (seq INTEGER PRIMARY KEY, id TEXT, created INTEGER, name TEXT, email TEXT, phone TEXT, contact TEXT,
  country TEXT, city TEXT, currency TEXT, delinquent INTEGER, invoice_prefix TEXT, metadata TEXT);
CREATE TABLE subscription (id TEXT, created INTEGER, customer TEXT, status TEXT, currency TEXT, plan TEXT,
  unit_amount INTEGER, quantity INTEGER, canceled_at INTEGER, cancel_at_period_end INTEGER, period_start INTEGER,
  period_end INTEGER);
CREATE TABLE invoice (seq INTEGER PRIMARY KEY, id TEXT, created INTEGER, number TEXT, customer TEXT, subscription TEXT,
  currency TEXT, subtotal INTEGER, tax INTEGER, total INTEGER, status TEXT, collection_method TEXT, due_date INTEGER,
  amount_paid INTEGER, finalized_at INTEGER, paid_at INTEGER, voided_at INTEGER, uncollectible_at INTEGER,
  payment_intent TEXT, attempt_count INTEGER, metadata TEXT);
CREATE TABLE line (invoice INTEGER, position INTEGER, description TEXT, quantity INTEGER, unit_amount INTEGER);
CREATE TABLE payment (id TEXT, created INTEGER, customer TEXT, invoice TEXT, currency TEXT, amount INTEGER,
  amount_received INTEGER, status TEXT, method TEXT, failure TEXT);
CREATE TABLE refund (id TEXT, created INTEGER, payment TEXT, currency TEXT, amount INTEGER, reason TEXT, status TEXT);
CREATE TABLE reminder (id TEXT PRIMARY KEY, created INTEGER, invoice TEXT, recipient TEXT, subject TEXT, body TEXT);

CREATE TABLE owner (id TEXT PRIMARY KEY, name TEXT);
CREATE TABLE account (seq INTEGER PRIMARY KEY, id TEXT, created INTEGER, name TEXT, industry TEXT, type TEXT, country TEXT,
  city TEXT, website TEXT, phone TEXT, employees INTEGER, revenue REAL, currency TEXT, owner TEXT, billing_customer TEXT);
CREATE TABLE opportunity (seq INTEGER PRIMARY KEY, id TEXT, created INTEGER, name TEXT, account TEXT, owner TEXT,
  amount REAL, currency TEXT, close_date TEXT, stage TEXT, type TEXT, lead_source TEXT, next_step TEXT,
  modified INTEGER);
CREATE TABLE contact (seq INTEGER PRIMARY KEY, id TEXT, created INTEGER, account TEXT, first_name TEXT, last_name TEXT,
  email TEXT, phone TEXT, title TEXT, department TEXT, owner TEXT);
CREATE TABLE activity (seq INTEGER PRIMARY KEY, id TEXT, created INTEGER, subject TEXT, kind TEXT, status TEXT,
  priority TEXT, activity_date TEXT, description TEXT, who TEXT, what TEXT, account TEXT, owner TEXT);
CREATE TABLE email_draft (id TEXT PRIMARY KEY, created INTEGER, contact TEXT, recipient TEXT, subject TEXT, body TEXT);
CREATE TABLE locator (url TEXT PRIMARY KEY, object TEXT, query TEXT, after INTEGER, delivered INTEGER, total INTEGER);

CREATE VIEW accounts AS SELECT t.*, owner.name AS owner_name FROM account t LEFT JOIN owner ON owner.id = t.owner;
CREATE VIEW opportunities AS SELECT t.*, account.name AS account_name, owner.name AS owner_name FROM opportunity t
  LEFT JOIN account ON account.id = t.account LEFT JOIN owner ON owner.id = t.owner;
CREATE VIEW contacts AS SELECT t.*, account.name AS account_name, owner.name AS owner_name FROM contact t
  LEFT JOIN account ON account.id = t.account LEFT JOIN owner ON owner.id = t.owner;
CREATE VIEW activities AS SELECT t.*, owner.name AS owner_name FROM activity t LEFT JOIN owner ON owner.id = t.owner;
"""

INDEXES = """
CREATE UNIQUE INDEX customer_id ON customer (id);
CREATE INDEX customer_created ON customer (created, id);
CREATE UNIQUE INDEX subscription_id ON subscription (id);
CREATE INDEX subscription_created ON subscription (created, id);
CREATE UNIQUE INDEX invoice_id ON invoice (id);
CREATE INDEX invoice_created ON invoice (created, id);
CREATE INDEX invoice_status ON invoice (status, created, id);
CREATE INDEX invoice_customer ON invoice (customer, created, id);
CREATE INDEX line_invoice ON line (invoice, position);
CREATE UNIQUE INDEX payment_id ON payment (id);
CREATE INDEX payment_created ON payment (created, id);
CREATE INDEX payment_customer ON payment (customer, created, id);
CREATE UNIQUE INDEX refund_id ON refund (id);
CREATE INDEX refund_created ON refund (created, id);
CREATE INDEX refund_payment ON refund (payment);

CREATE UNIQUE INDEX account_id ON account (id);
CREATE UNIQUE INDEX opportunity_id ON opportunity (id);
CREATE INDEX opportunity_account ON opportunity (account);
CREATE UNIQUE INDEX contact_id ON contact (id);
CREATE INDEX contact_account ON contact (account);
CREATE UNIQUE INDEX activity_id ON activity (id);
CREATE INDEX activity_account ON activity (account);
CREATE INDEX activity_what ON activity (what);
"""

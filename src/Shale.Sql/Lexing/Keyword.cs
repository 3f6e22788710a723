namespace Shale.Sql.Lexing;

/// <summary>Words that the parser knows, in both dialects; what a word may be used for says <see cref="Keywords"/>.</summary>
internal enum Keyword : ushort
{
    /// <summary>Any other word.</summary>
    NoKeyword,
    Abort, Absolute, Access, Action, Add, After, Aggregate, All, Also, Alter, Always, Analyse, Analyze, And, Any, Array, As, Asc,
    Asymmetric, At, Atomic, Attach, Authorization, Autoincrement, Auto_Increment, Before, Begin, Between, Bigint, Binary, Bit, Boolean,
    Both, By, Cache, Call, Cascade, Case, Cast, Chain, Char, Character, Characteristics, Check, Checkpoint, Close, Cluster, Coalesce,
    Collate, Collation, Column, Columns, Comment, Commit, Committed, Concurrently, Conflict, Constraint, Constraints, Continue,
    Conversion, Copy, Create, Cross, Cube, Current, Current_Catalog, Current_Date, Current_Role, Current_Schema, Current_Time,
    Current_Timestamp, Current_User, Cycle, Data, Database, Day, Deallocate, Dec, Decimal, Declare, Default, Deferrable, Deferred,
    Delete, Desc, Detach, Disable, Discard, Distinct, Do, Document, Domain, Drop, Each, Else, Enable, End, Escape, Event, Except,
    Exclude, Exclusive, Execute, Exists, Explain, Expression, Extension, Extract, Fail, False, Fetch, Filter, First, Float, Following,
    For, Force, Foreign, Freeze, From, Full, Function, Generated, Glob, Global, Grant, Greatest, Group, Grouping, Groups, Having, Hour,
    Identity, If, Ignore, Ilike, Immediate, Import, In, Include, Increment, Index, Indexed, Indexes, Inherit, Inherits, Initially,
    Inner, Inout, Insert, Instead, Int, Integer, Intersect, Intersection, Interval, Into, Invoker, Is, Isnull, Isolation, Join, Key,
    Language, Large, Last, Lateral, Leading, Least, Left, Level, Like, Limit, Listen, Load, Local, Localtime, Localtimestamp, Lock,
    Locked, Match, Matched, Materialized, Maxvalue, Merge, Method, Minute, Minvalue, Mode, Month, Move, Names, National, Natural, Nchar,
    Next, Nfc, Nfd, Nfkc, Nfkd, No, None, Normalize, Normalized, Not, Nothing, Notify, Notnull, Nowait, Null, Nullif, Nulls, Numeric,
    Object, Of, Offset, Oids, On, Only, Operator, Option, Or, Order, Ordinality, Others, Out, Outer, Over, Overlaps, Overlay,
    Overriding, Owned, Owner, Partial, Partition, Placing, Plan, Policy, Position, Pragma, Preceding, Precision, Prepare, Prepared,
    Primary, Procedural, Procedure, Publication, Query, Raise, Range, Read, Real, Reassign, Recursive, Reference, References, Refresh,
    Regexp, Reindex, Release, Rename, Repeatable, Replace, Replica, Reset, Restart, Restrict, Returning, Revoke, Right, Role, Rollback,
    Rollup, Routine, Row, Rowid, Rows, Rule, Savepoint, Schema, Search, Second, Security, Select, Sequence, Sequences, Serializable,
    Server, Session, Session_User, Set, Setof, Sets, Share, Show, Similar, Simple, Skip, Smallint, Snapshot, Some, Start, Statistics,
    Storage, Stored, Strict, Subscription, Substring, Symmetric, System, Table, Tables, Tablesample, Tablespace, Temp, Temporary, Text,
    Then, Ties, Time, Timestamp, To, Trailing, Transaction, Transform, Treat, Trigger, Trim, True, Truncate, Trusted, Type, Uescape,
    Unbounded, Uncommitted, Union, Unique, Unknown, Unlisten, Unlogged, Update, Use, User, Using, Vacuum, Valid, Validate, Value,
    Values, Varchar, Variadic, Varying, Verbose, Vexplain, View, Vindex, Virtual, Vschema, Week, When, Where, Window, With, Within,
    Without, Work, Write, Xml, Xmlattributes, Xmlconcat, Xmlelement, Xmlexists, Xmlforest, Xmlnamespaces, Xmlparse, Xmlpi, Xmlroot,
    Xmlserialize, Xmltable, Year, Zone,
}

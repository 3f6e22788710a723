namespace Shale.Sqlite;

#pragma warning disable CS0649 // SQLite writes these.
/// <summary>sqlite3_index_info up to the last member that is used here: what SQLite asks of a virtual table, and where the answer goes.</summary>
internal unsafe struct IndexInfo
{
    public int ConstraintCount;
    public Constraint* Constraints;
    public int OrderByCount;
    public nint OrderBy;
    public Usage* Usages;
    public int Number;
    public nint Text;
    public int FreeText;
    public int OrderByConsumed;
    public double EstimatedCost;
    public long EstimatedRows;
    public int Flags;
    public ulong ColumnsUsed;
}

/// <summary>sqlite3_index_constraint.</summary>
internal struct Constraint
{
    public int Column;
    public byte Operator;
    public byte Usable;
    public int TermOffset;
}

/// <summary>sqlite3_index_constraint_usage.</summary>
internal struct Usage
{
    public int ArgumentIndex;
    public byte Omit;
}
#pragma warning restore CS0649

namespace Shale.Contracts;

/// <summary>What a field's type says of the form of its cells in JSON.</summary>
internal enum CellForm : byte
{
    /// <summary>As the value's own storage class is written.</summary>
    Plain,

    /// <summary>A string that holds digits is an integer.</summary>
    Integer,

    /// <summary>A number is a float, whatever it looks like.</summary>
    Real,

    /// <summary>Numbers are written as strings.</summary>
    Numeric,

    /// <summary>0 and 1 are written as false and true.</summary>
    Bool,
}

/// <summary>Finds the <see cref="CellForm"/> of a type.</summary>
internal static class CellForms
{
    /// <summary>The form for a normalised type name.</summary>
    public static CellForm Of(string type) => type switch
    {
        "int2" or "int4" or "int8" => CellForm.Integer,
        "float4" or "float8" => CellForm.Real,
        "numeric" => CellForm.Numeric,
        "bool" => CellForm.Bool,
        _ => CellForm.Plain,
    };

    /// <summary>The forms of all fields.</summary>
    public static CellForm[] Of(IReadOnlyList<Field> fields)
    {
        var forms = new CellForm[fields.Count];
        for (var i = 0; i < forms.Length; i++) forms[i] = Of(fields[i].Type);
        return forms;
    }
}

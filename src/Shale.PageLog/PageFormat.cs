namespace Shale.PageLog;

/// <summary>The numbers of the format that others must know.</summary>
public static class PageFormat
{
    /// <summary>Bytes of a page, always.</summary>
    public const int PageSize = 4096;

    /// <summary>The branch that every log begins with.</summary>
    public const string MainBranch = "main";
}

namespace Shale.PageLog;

/// <summary>Why a window is shorter than the retention, the worst last.</summary>
public enum WindowShortening
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>It would take more than <see cref="PageStoreOptions.RetentionBytes"/>.</summary>
    RetentionBytes,

    /// <summary>The disk is full.</summary>
    FullDisk,
}
